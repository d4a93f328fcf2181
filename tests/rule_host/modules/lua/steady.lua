function judge(row)
  return good(row)
end
