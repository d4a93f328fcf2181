function judge(row)
  if triggered(row) then
    return raise("MET", {value = ratio(1), index = 24264, state = "final", number = 7})
  end
  return good(row)
end
