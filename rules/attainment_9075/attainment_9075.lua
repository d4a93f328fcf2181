-- Progress alone, against two fixed limits; time plays no part.

-- The share of the way that has been made, and the colour of it.
local function colour(row, progress)
  if progress >= row:parameter("green_from") then return "GREEN" end
  if progress >= row:parameter("yellow_from") then return "YELLOW" end
  return "RED"
end

function judge(row)
  local why = row:obstacle()
  if why then return cannot_tell(why) end
  local actual = row:latest()
  if not row:has_way() then return cannot_tell("NOT_COVERED", actual) end
  local met = row:met(actual.value)
  local start = row:start()
  if not start then
    if met then return raise("MET", actual) end
    return cannot_tell("NO_BASELINE", actual)
  end
  local at_start = row:missing(start)
  -- Nothing was missing at the start: no share of it can be told.
  if at_start <= 0 then return raise(met and "MET" or "RED", actual) end
  local progress = (at_start - row:missing(actual.value)) / at_start
  local reason = met and "MET" or colour(row, progress)
  return raise(reason, actual, {progress = progress})
end
