function judge(row)
  if triggered(row) then
    local product = ratio(3)
    for _ = 1, 200 do product = product * product end
  end
  return good(row)
end
