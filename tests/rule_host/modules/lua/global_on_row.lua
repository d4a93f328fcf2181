function judge(row)
  if triggered(row) then seen = true end
  return good(row)
end
