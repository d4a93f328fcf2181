#include "client/cli/view/audit.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <utility>

#include "client/cli/view/rule_words.h"

namespace shirube::cli {
namespace {

std::string ChangeName(const std::string& change, bool japanese) {
  struct Word {
    const char *change, *ja, *en;
  };
  static constexpr std::array<Word, 5> kWords = {
      {{"CREATED", "作成", "created"},
       {"UPDATED", "更新", "updated"},
       {"CORRECTED", "訂正", "corrected"},
       {"DELETED", "削除", "deleted"},
       {"UNDELETED", "復元", "undeleted"}}};
  for (const Word& word : kWords) {
    if (change == word.change) return japanese ? word.ja : word.en;
  }
  return change;
}

std::string MoreText(int more, bool japanese) {
  return japanese ? " ほか" + std::to_string(more) + "件"
                  : " and " + std::to_string(more) + " more";
}

}  // namespace

std::string ActorText(const std::string& actor, bool claimed, bool japanese) {
  const std::string name =
      actor.empty() ? (japanese ? "(不明)" : "(unknown)") : actor;
  if (!claimed) return name;
  return name + (japanese ? "(申告)" : " (claimed)");
}

Table AuditForPeople(const std::vector<v1::AuditEntry>& entries,
                     bool japanese) {
  Table table;
  const auto column = [&](const char* ja, const char* en, bool shrinks) {
    table.columns.push_back({japanese ? ja : en, "", Align::kLeft, shrinks});
  };
  column("日時", "TIME", false);
  column("実施者", "ACTOR", false);
  column("操作", "ACTION", false);
  column("変更", "CHANGE", false);
  column("対象", "RESOURCE", true);
  for (const v1::AuditEntry& entry : entries) {
    std::string change, resource;
    if (entry.touched_size() > 0) {
      change = ChangeName(entry.touched(0).change(), japanese);
      resource = entry.touched(0).resource();
      const int all = std::max(entry.touched_count(), entry.touched_size());
      if (all > 1) resource += MoreText(all - 1, japanese);
    }
    table.rows.push_back({TimeName(entry.time(), japanese),
                          ActorText(entry.actor(), entry.claimed(), japanese),
                          entry.action(), change, resource});
  }
  return table;
}

Table AuditForPrograms(const std::vector<v1::AuditEntry>& entries) {
  Table table;
  for (const char* key : {"revision", "time", "actor", "claimed", "action",
                          "change", "resource", "touched_count"}) {
    table.columns.push_back({key, key});
  }
  for (const v1::AuditEntry& entry : entries) {
    const auto row = [&](const std::string& change,
                         const std::string& resource) {
      table.rows.push_back(
          {entry.revision(),
           google::protobuf::util::TimeUtil::ToString(entry.time()),
           entry.actor(), entry.claimed() ? "true" : "false", entry.action(),
           change, resource, std::to_string(entry.touched_count())});
    };
    for (const auto& touched : entry.touched()) {
      row(touched.change(), touched.resource());
    }
    if (entry.touched().empty()) row("", "");
  }
  return table;
}

}  // namespace shirube::cli
