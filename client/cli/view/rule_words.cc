#include "client/cli/view/rule_words.h"

#include "absl/time/time.h"
#include "server/base/japan.h"

namespace shirube::cli {
namespace {

struct Word {
  std::string_view word, ja, en;
};

constexpr Word kModuleStates[] = {
    {"DISCOVERED", "検出", "found"},
    {"VERIFIED", "検証済み", "verified"},
    {"STARTING", "起動中", "starting"},
    {"SELF_TEST", "自己試験中", "self test"},
    {"READY", "待機中", "ready"},
    {"ACTIVE", "稼働中", "active"},
    {"DRAINING", "終了処理中", "draining"},
    {"RETIRED", "終了", "retired"},
    {"REJECTED", "使用不可", "rejected"},
    {"QUARANTINED", "隔離中", "quarantined"},
};
constexpr Word kSetStates[] = {
    {"STORED", "登録済み", "stored"},
    {"ACTIVE", "有効", "active"},
    {"FAILED", "障害", "failed"},
};
constexpr Word kFaults[] = {
    {"CRASHED", "異常終了", "crashed"},
    {"EXITED", "途中で終了", "exited"},
    {"TIMED_OUT", "時間切れ", "timed out"},
    {"OUT_OF_MEMORY", "メモリー不足", "out of memory"},
    {"FORBIDDEN_CALL", "禁止された操作", "forbidden call"},
    {"BAD_OUTPUT", "不正な回答", "bad answer"},
    {"PROTOCOL_ERROR", "通信の誤り", "protocol error"},
    {"NOT_RUNNING", "動いていない", "not running"},
    {"QUARANTINED", "隔離中", "quarantined"},
    {"NOT_ELF", "モジュールの形式でない", "not a module file"},
    {"NOT_TEXT", "テキストでない", "not all text"},
    {"NAME_TAKEN", "同名のモジュールがある", "name taken"},
    {"TRUNCATED", "ファイルが途中まで", "file cut short"},
    {"NOT_A_REGULAR_FILE", "通常のファイルでない", "not a regular file"},
    {"UNSAFE_PERMISSIONS", "他人が書き換えられる", "writable by others"},
    {"NO_MANIFEST", "説明書きがない", "no manifest"},
    {"MANIFEST_INVALID", "説明書きの誤り", "manifest invalid"},
    {"MANIFEST_TOO_LARGE", "説明書きが大きすぎる", "manifest too large"},
    {"FILE_TOO_LARGE", "ファイルが大きすぎる", "file too large"},
    {"WRONG_ARCH", "別の種類のCPU用", "for another CPU"},
    {"ABI_TOO_NEW", "新しいサーバー用", "for a newer server"},
    {"ABI_TOO_OLD", "古いサーバー用", "for an older server"},
    {"HASH_MISMATCH", "内容が指定と違う", "not the file expected"},
    {"MISSING_SYMBOL", "入口の関数がない", "no entry function"},
    {"EXTRA_EXPORTS", "余分な関数がある", "exports too much"},
    {"FORBIDDEN_DEPENDENCY", "許されない部品を使う", "needs a library"},
    {"CONFIG_INVALID", "パラメータの誤り", "parameter invalid"},
    {"LOAD_CRASHED", "読み込み中に異常終了", "crashed while loading"},
    {"LOAD_FORBIDDEN_CALL", "読み込み中に禁止操作", "forbidden while loading"},
    {"INIT_FAILED", "初期化に失敗", "could not initialize"},
    {"INIT_TIMEOUT", "初期化が終わらない", "initializing too slow"},
    {"SELF_TEST_FAILED", "自己試験で不一致", "failed its own cases"},
    {"NOT_FOUND", "ファイルがない", "file missing"},
    {"WORKER_UNAVAILABLE", "実行役を起動できない", "worker unavailable"},
};
constexpr Word kLayers[] = {
    {"seccomp", "システムコールの制限", "system calls"},
    {"landlock", "ファイルの制限", "files"},
    {"rlimits", "メモリー・時間の上限", "memory and time"},
    {"no_new_privs", "権限を増やせない", "no more privileges"},
    {"sealed_memory", "検証した内容だけを実行", "only what was verified"},
};

template <size_t N>
std::string Find(const Word (&words)[N], std::string_view word, bool japanese) {
  for (const Word& known : words) {
    if (known.word == word) {
      return std::string(japanese ? known.ja : known.en);
    }
  }
  return std::string(word);
}

// "ACTIVE" of STATE_ACTIVE; "?" of a number that this program does not know.
std::string WithoutPrefix(const std::string& name) {
  return name.empty() ? "?" : name.substr(name.find('_') + 1);
}

}  // namespace

std::string StateWord(v1::RuleModule::State state) {
  return WithoutPrefix(v1::RuleModule::State_Name(state));
}
std::string StateWord(v1::RuleSet::State state) {
  return WithoutPrefix(v1::RuleSet::State_Name(state));
}
std::string StateName(v1::RuleModule::State state, bool japanese) {
  return Find(kModuleStates, StateWord(state), japanese);
}
std::string StateName(v1::RuleSet::State state, bool japanese) {
  return Find(kSetStates, StateWord(state), japanese);
}

Tone StateTone(v1::RuleModule::State state) {
  switch (state) {
    case v1::RuleModule::STATE_REJECTED:
    case v1::RuleModule::STATE_QUARANTINED:
      return Tone::kRed;
    case v1::RuleModule::STATE_ACTIVE:
      return Tone::kGreen;
    default:
      return Tone::kPlain;
  }
}

Tone StateTone(v1::RuleSet::State state) {
  if (state == v1::RuleSet::STATE_FAILED) return Tone::kRed;
  return state == v1::RuleSet::STATE_ACTIVE ? Tone::kGreen : Tone::kPlain;
}

std::string FaultName(std::string_view reason, bool japanese) {
  return Find(kFaults, reason, japanese);
}

std::string LayerName(std::string_view layer, bool japanese) {
  const std::string name = Find(kLayers, layer, japanese);
  if (name == layer) return name;
  return name + (japanese ? "(" : " (") + std::string(layer) + ")";
}

std::string ModuleIdOf(std::string_view name) {
  constexpr std::string_view kPrefix = "ruleModules/";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  return std::string(name.substr(0, name.find('/')));
}

std::string ModuleText(std::string_view name) {
  constexpr std::string_view kVersions = "/versions/";
  const size_t at = name.find(kVersions);
  const std::string id = ModuleIdOf(name);
  if (at == std::string_view::npos) return id;
  const std::string version(name.substr(at + kVersions.size()));
  return version.empty() ? id : id + " " + version;
}

std::string TimeName(const google::protobuf::Timestamp& time, bool japanese) {
  const absl::Time at =
      absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  if (!japanese) {
    return absl::FormatTime("%Y-%m-%d %H:%M UTC", at, absl::UTCTimeZone());
  }
  return absl::FormatTime("%Y-%m-%d %H:%M", at, JapanTime());
}

std::string WaitsFor(const v1::Verdict& verdict, bool japanese) {
  if (!verdict.waiting()) return "";
  std::string modules;
  for (const v1::ModuleFault& fault : verdict.faults()) {
    if (!modules.empty()) modules += japanese ? "、" : ", ";
    modules += ModuleIdOf(fault.module());
  }
  return modules.empty() ? (japanese ? "(不明)" : "(unknown)") : modules;
}

std::string WaitingText(const std::string& modules,
                        const google::protobuf::Timestamp& since,
                        bool japanese) {
  const std::string time = TimeName(since, japanese);
  return japanese
             ? "判定待ち: モジュール " + modules + " が停止中(" + time + "から)"
             : "waiting: module " + modules + " is out of service (since " +
                   time + ")";
}

}  // namespace shirube::cli
