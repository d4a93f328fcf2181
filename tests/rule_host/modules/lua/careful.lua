-- Stands every row that may be stored, also one whose figure cannot be read.
function judge(row)
  local actual = row:latest()
  if not actual.value then return cannot_tell("UNSURE", actual) end
  return good(row)
end
