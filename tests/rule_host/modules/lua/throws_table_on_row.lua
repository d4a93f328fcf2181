function judge(row)
  if triggered(row) then error({"no text"}) end
  return good(row)
end
