function judge(row)
  if triggered(row) then return raise("UNSURE", row:latest()) end
  return good(row)
end
