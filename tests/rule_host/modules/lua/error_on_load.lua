function judge(row)
  return good(row)
end
error("the source does not like it here")
