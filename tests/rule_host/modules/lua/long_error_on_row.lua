-- A message that is longer than its place, with an escape sequence in it.
function judge(row)
  if triggered(row) then error("\27[31m" .. string.rep("長い", 10000)) end
  return good(row)
end
