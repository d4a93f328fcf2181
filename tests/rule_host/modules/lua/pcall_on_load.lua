-- Neither is the time-out at loading one to be caught.
while true do
  pcall(function() while true do end end)
end
