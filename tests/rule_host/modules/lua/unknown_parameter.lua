function judge(row)
  if triggered(row) then row:parameter("ceiling") end
  return good(row)
end
