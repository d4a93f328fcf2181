function judge(row)
  if triggered(row) then return raise("SPLENDID", row:latest()) end
  return good(row)
end
