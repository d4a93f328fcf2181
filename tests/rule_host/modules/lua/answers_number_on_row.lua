function judge(row)
  if triggered(row) then return 42 end
  return good(row)
end
