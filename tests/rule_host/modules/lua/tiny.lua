-- What the Lua modules of these tests share, put before each of them: the good
-- answer for a row, and which rows misbehave. The same as ../tiny.h.
local function good(row)
  local actual = row:latest()
  local facts = {actual = actual.value, floor = row:parameter("floor")}
  if actual.value >= row:target() then return raise("MET", actual, facts) end
  return not_raise(actual, facts)
end

local function triggered(row)
  return row:target() == ratio(666)
end
