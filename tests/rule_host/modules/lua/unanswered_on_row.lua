function judge(row)
  if triggered(row) then return nil end
  return good(row)
end
