// shirube completion bash|zsh|fish: made from the commands themselves.
#include <memory>
#include <set>
#include <string>

#include "client/cli/commands/commands.h"

namespace shirube::cli {
namespace {

// The words that may follow a command: its subcommands and its options.
struct Node {
  std::string path;  // "indicator link"; empty: the program itself
  std::set<std::string> commands, options;
};

void Collect(const CLI::App& app, const std::string& path,
             const std::set<std::string>& inherited, std::vector<Node>* nodes) {
  Node node{path, {}, inherited};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      node.options.insert("--" + name);
    }
    for (const std::string& name : option->get_snames()) {
      node.options.insert("-" + name);
    }
  }
  const auto subcommands =
      app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subcommands) node.commands.insert(sub->get_name());
  nodes->push_back(node);
  for (const CLI::App* sub : subcommands) {
    Collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(),
            path.empty() ? node.options : inherited, nodes);
  }
}

std::string Joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

// Walks the words typed so far down the commands, then offers what may follow.
// zsh runs the same through its bash emulation.
std::string BashScript(const std::vector<Node>& nodes) {
  std::string script =
      "_shirube() {\n"
      "  local path='' word i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=${COMP_WORDS[i]}\n"
      "    case \"$path $word\" in\n";
  for (const Node& node : nodes) {
    if (node.path.empty()) continue;
    script += "      ' " + node.path + "') path=' " + node.path + "' ;;\n";
  }
  script +=
      "    esac\n"
      "  done\n"
      "  case \"$path\" in\n";
  for (const Node& node : nodes) {
    script += "    '" + (node.path.empty() ? "" : " " + node.path) +
              "') word='" + Joined(node.commands) + " " + Joined(node.options) +
              "' ;;\n";
  }
  return script +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$word\" -- "
         "\"${COMP_WORDS[COMP_CWORD]}\"))"
         "\n"
         "}\n"
         "complete -o default -F _shirube shirube\n";
}

std::string FishScript(const std::vector<Node>& nodes) {
  std::string script = "complete -c shirube -f\n";
  for (const Node& node : nodes) {
    const size_t space = node.path.find(' ');
    std::string when = "__fish_use_subcommand";
    if (space != std::string::npos) {
      when = "__fish_seen_subcommand_from " + node.path.substr(0, space) +
             "; and __fish_seen_subcommand_from " + node.path.substr(space + 1);
    } else if (!node.path.empty()) {
      when = "__fish_seen_subcommand_from " + node.path;
    }
    for (const std::string& command : node.commands) {
      script += "complete -c shirube -n '" + when + "' -a '" + command + "'\n";
    }
    for (const std::string& option : node.options) {
      if (!option.starts_with("--")) continue;
      script += "complete -c shirube -n '" + when + "' -l '" +
                option.substr(2) + "'\n";
    }
  }
  return script;
}

}  // namespace

void AddCompletion(CLI::App& app, Chosen& chosen) {
  auto* group = app.add_subcommand(
      "completion",
      "Completion for a shell: source <(shirube completion bash)");
  group->require_subcommand(1);
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    group->add_subcommand(shell, "For " + shell)
        ->callback([&app, &chosen, shell] {
          chosen.here = true;
          chosen.run = [&app, shell](Context& context) {
            std::vector<Node> nodes;
            Collect(app, "", {}, &nodes);
            if (shell == "zsh") {
              context.out << "autoload -U +X bashcompinit && bashcompinit\n";
            }
            context.out << (shell == "fish" ? FishScript(nodes)
                                            : BashScript(nodes));
            return static_cast<int>(kDone);
          };
        });
  }
}

}  // namespace shirube::cli
