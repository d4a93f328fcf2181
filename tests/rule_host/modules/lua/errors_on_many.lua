function judge(row)
  if row:target() >= ratio(150) then error("not this one") end
  return good(row)
end
