// What receivers read is what protobuf's own writer would have written.
#include "server/service/event_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "shirube/v1/alert.pb.h"

namespace shirube {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;

json ByLibrary(const Message& message) {
  std::string text;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &text).ok());
  return json::parse(text);
}

// Something in every field, twice in every list.
void Fill(Message* message);
void FillField(Message* message, const FieldDescriptor* field) {
  const auto* reflection = message->GetReflection();
  const bool list = field->is_repeated();
  const std::string text = "指標「\"\\\n\t\x01<é>」 " + field->name();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return list ? reflection->AddBool(message, field, true)
                  : reflection->SetBool(message, field, true);
    case FieldDescriptor::CPPTYPE_INT32:
      return list ? reflection->AddInt32(message, field, -7)
                  : reflection->SetInt32(message, field, -7);
    case FieldDescriptor::CPPTYPE_INT64:
      return list ? reflection->AddInt64(message, field, int64_t{1} << 60)
                  : reflection->SetInt64(message, field, int64_t{1} << 60);
    case FieldDescriptor::CPPTYPE_ENUM:
      return list ? reflection->AddEnumValue(message, field, 1)
                  : reflection->SetEnumValue(message, field, 1);
    case FieldDescriptor::CPPTYPE_STRING:
      return list ? reflection->AddString(message, field, text)
                  : reflection->SetString(message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(list ? reflection->AddMessage(message, field)
                       : reflection->MutableMessage(message, field));
    default:
      FAIL() << "events are not written with a field like "
             << field->full_name();
  }
}
void Fill(Message* message) {
  if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(message)) {
    time->set_seconds(1'700'000'000);
    time->set_nanos(123'456'000);
    return;
  }
  const auto* descriptor = message->GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    FillField(message, descriptor->field(i));
    if (descriptor->field(i)->is_repeated()) {
      FillField(message, descriptor->field(i));
    }
  }
}

TEST(EventJsonTest, WritesEveryFieldOfAnEvent) {
  v1::AlertTransition transition;
  Fill(&transition);
  EXPECT_EQ(json::parse(JsonOf(transition)), ByLibrary(transition));
}

TEST(EventJsonTest, LeavesOutWhatIsNotSet) {
  v1::AlertTransition transition;
  EXPECT_EQ(JsonOf(transition), "{}");
  transition.mutable_alert();
  transition.mutable_time();
  EXPECT_EQ(json::parse(JsonOf(transition)), ByLibrary(transition));
}

TEST(EventJsonTest, WritesAnEnumThatItDoesNotKnowAsItsNumber) {
  v1::AlertTransition transition;
  transition.set_type(static_cast<v1::AlertTransition::Type>(99));
  EXPECT_EQ(JsonOf(transition), "{\"type\":99}");
}

TEST(EventJsonTest, QuotesText) {
  EXPECT_EQ(JsonOf("a \"b\" \\ \n"), R"("a \"b\" \\ \n")");
}

}  // namespace
}  // namespace shirube
