function assess(row)
  return good(row)
end
