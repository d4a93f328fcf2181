#include "client/cli/saved_contexts.h"

#include <fcntl.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

using ::google::protobuf::Struct;
using ::google::protobuf::Value;

absl::Status Broken(const std::string& path, bool japanese,
                    const std::string& ja, const std::string& en) {
  return absl::InvalidArgumentError(
      japanese ? "コンテキストのファイル " + path + ": " + ja +
                     "。直すか、消して shirube context set "
                     "で作り直してください。"
               : "the file of contexts " + path + ": " + en +
                     "; mend it, or remove it and save the contexts anew by "
                     "`shirube context set`");
}

absl::Status CannotWrite(const std::string& path, bool japanese) {
  const std::string why = std::strerror(errno);
  return absl::InternalError(japanese ? path + " に書き込めません: " + why
                                      : "cannot write " + path + ": " + why);
}

absl::StatusOr<client::Options> ReadContext(const std::string& path,
                                            const std::string& name,
                                            const Value& value, bool japanese) {
  client::Options context;
  for (const auto& [key, text] : value.struct_value().fields()) {
    const Setting* known = nullptr;
    for (const Setting& setting : AllSettings()) {
      if (key == setting.key) known = &setting;
    }
    if (known == nullptr || text.kind_case() != Value::kStringValue) {
      return Broken(path, japanese,
                    name + " の " + key + " は設定の項目ではありません",
                    "\"" + key + "\" of " + name + " is no setting");
    }
    context.*(known->field) = text.string_value();
  }
  return context;
}

// Writes, flushes to the disk and closes; the file is gone after a failure.
bool WriteWhole(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = write(fd, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<size_t>(wrote);
  }
  const bool kept = done == text.size() && fsync(fd) == 0;
  return (close(fd) == 0) && kept;
}

}  // namespace

const std::vector<Setting>& AllSettings() {
  static const std::vector<Setting> settings = {
      {"server", "--server", &client::Options::server, false},
      {"tlsCa", "--tls-ca", &client::Options::tls_ca, true},
      {"cert", "--cert", &client::Options::tls_cert, true},
      {"key", "--key", &client::Options::tls_key, true},
      {"tokenFile", "--token-file", &client::Options::token_file, true},
      {"language", "--lang", &client::Options::language, false},
      {"actor", "--actor", &client::Options::actor, false}};
  return settings;
}

std::string ContextsPath() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  // The specification has relative paths ignored.
  if (config != nullptr && *config == '/') {
    return std::string(config) + "/shirube/contexts.json";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') {
    const passwd* entry = getpwuid(geteuid());
    home = entry == nullptr ? nullptr : entry->pw_dir;
  }
  if (home == nullptr || *home != '/') return "";
  return std::string(home) + "/.config/shirube/contexts.json";
}

absl::StatusOr<SavedContexts> LoadContexts(const std::string& path,
                                           bool japanese) {
  SavedContexts saved;
  if (path.empty()) return saved;
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open() && (errno == ENOENT || errno == ENOTDIR)) return saved;
  std::stringstream text;
  text << in.rdbuf();
  Struct root;
  if (!in.is_open() || in.bad() ||
      !google::protobuf::util::JsonStringToMessage(text.str(), &root).ok()) {
    return Broken(path, japanese, "読めません", "cannot be read");
  }
  for (const auto& [key, value] : root.fields()) {
    if (key == "current") {
      saved.current = value.string_value();
    } else if (key != "contexts") {
      return Broken(path, japanese, key + " という項目はありません",
                    "\"" + key + "\" means nothing");
    }
  }
  const auto found = root.fields().find("contexts");
  if (found == root.fields().end()) return saved;
  for (const auto& [name, value] : found->second.struct_value().fields()) {
    SHIRUBE_ASSIGN_OR_RETURN(saved.contexts[name],
                             ReadContext(path, name, value, japanese));
  }
  return saved;
}

absl::Status StoreContexts(const std::string& path, const SavedContexts& saved,
                           bool japanese) {
  if (path.empty()) {
    return absl::FailedPreconditionError(
        japanese ? "保存先がありません。XDG_CONFIG_HOME を設定してください。"
                 : "there is no home to save contexts in; set XDG_CONFIG_HOME");
  }
  Struct root;
  auto& fields = *root.mutable_fields();
  if (!saved.current.empty()) {
    fields["current"].set_string_value(saved.current);
  }
  auto& contexts = *fields["contexts"].mutable_struct_value()->mutable_fields();
  for (const auto& [name, options] : saved.contexts) {
    auto& context = *contexts[name].mutable_struct_value()->mutable_fields();
    for (const Setting& setting : AllSettings()) {
      const auto& value = options.*(setting.field);
      if (value) context[setting.key].set_string_value(*value);
    }
  }
  std::string json;
  google::protobuf::util::JsonPrintOptions print;
  print.add_whitespace = true;
  if (!google::protobuf::util::MessageToJsonString(root, &json, print).ok()) {
    return absl::InvalidArgumentError(japanese ? "設定がUTF-8ではありません。"
                                               : "a setting is not UTF-8");
  }
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(),
                                      error);
  std::string next = path + ".XXXXXX";
  const int fd = mkostemp(next.data(), O_CLOEXEC);  // made with mode 0600
  if (fd < 0) return CannotWrite(path, japanese);
  if (WriteWhole(fd, json) && rename(next.c_str(), path.c_str()) == 0) {
    return absl::OkStatus();
  }
  absl::Status failed = CannotWrite(path, japanese);
  unlink(next.c_str());
  return failed;
}

absl::StatusOr<client::Options> FindContext(const SavedContexts& saved,
                                            const std::string& name,
                                            bool japanese) {
  const std::string& wanted = name.empty() ? saved.current : name;
  if (wanted.empty()) return client::Options();
  const auto found = saved.contexts.find(wanted);
  if (found != saved.contexts.end()) return found->second;
  std::string known;
  for (const auto& [other, options] : saved.contexts) {
    known += (known.empty() ? "" : " ") + other;
  }
  if (known.empty()) known = japanese ? "(なし)" : "(none)";
  return absl::NotFoundError(
      japanese
          ? "コンテキスト「" + wanted + "」はありません。保存済み: " + known
          : "there is no context " + wanted + "; saved: " + known);
}

client::Options WithContext(const client::Options& typed,
                            const client::Options& environment,
                            const client::Options& context, bool named) {
  const auto& asked = typed.server || named ? typed.server : environment.server;
  client::Options allowed = context;
  if (context.server && asked && *asked != *context.server) {
    for (const Setting& setting : AllSettings()) {
      if (setting.is_path) allowed.*(setting.field) = std::nullopt;
    }
  }
  return named ? Merge(Merge(typed, allowed), environment)
               : Merge(Merge(typed, environment), allowed);
}

}  // namespace shirube::cli
