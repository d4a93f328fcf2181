#include "server/service/event_json.h"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/type.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "google/protobuf/wrappers.pb.h"

namespace shirube {
namespace {

namespace pb = google::protobuf;

constexpr char kPrefix[] = "type.googleapis.com";

// Builds the description of a type once, not for every message.
class KnownTypes final : public pb::util::TypeResolver {
 public:
  pb::util::Status ResolveMessageType(const std::string& url,
                                      pb::Type* type) override {
    return Find(&messages_, url, type, &TypeResolver::ResolveMessageType);
  }
  pb::util::Status ResolveEnumType(const std::string& url,
                                   pb::Enum* type) override {
    return Find(&enums_, url, type, &TypeResolver::ResolveEnumType);
  }

 private:
  template <typename T>
  pb::util::Status Find(
      std::map<std::string, T>* known, const std::string& url, T* type,
      pb::util::Status (TypeResolver::*build)(const std::string&, T*)) {
    const std::lock_guard lock(mutex_);
    auto found = known->find(url);
    if (found == known->end()) {
      T built;
      const pb::util::Status status = (pool_.get()->*build)(url, &built);
      if (!status.ok()) return status;
      found = known->emplace(url, std::move(built)).first;
    }
    *type = found->second;
    return pb::util::Status();
  }

  const std::unique_ptr<TypeResolver> pool_{
      pb::util::NewTypeResolverForDescriptorPool(
          kPrefix, pb::DescriptorPool::generated_pool())};
  std::mutex mutex_;
  std::map<std::string, pb::Type> messages_;
  std::map<std::string, pb::Enum> enums_;
};

}  // namespace

std::string JsonOf(const pb::Message& message) {
  static auto* const types = new KnownTypes;
  std::string json;
  const auto status = pb::util::BinaryToJsonString(
      types, std::string(kPrefix) + "/" + message.GetDescriptor()->full_name(),
      message.SerializeAsString(), &json);
  return status.ok() ? json : "{}";
}

std::string JsonOf(std::string_view text) {
  pb::StringValue value;
  value.set_value(std::string(text));
  return JsonOf(value);
}

}  // namespace shirube
