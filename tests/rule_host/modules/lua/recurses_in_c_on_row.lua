-- Through functions of the library, which use the stack of the process.
local function deeper()
  return (string.gsub("x", "x", deeper))
end
function judge(row)
  if triggered(row) then deeper() end
  return good(row)
end
