#include "bench/alerting/receiver_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/measure.h"
#include "tests/unit/alerting/receiver.h"

namespace shirube {
namespace {

// The child's whole life: tells its port, then waits for the other end to go.
void Receive(int port_to, int life) {
  const Receiver receiver([](const Request&) { return Reply{}; });
  const int port = receiver.port();
  if (write(port_to, &port, sizeof port) != sizeof port) return;
  char none;
  while (read(life, &none, 1) > 0) {
  }
}

}  // namespace

ReceiverProcess::ReceiverProcess() {
  int ports[2], lives[2];
  if (pipe2(ports, O_CLOEXEC) != 0 || pipe2(lives, O_CLOEXEC) != 0) {
    Die("no pipe to a receiver");
  }
  child_ = fork();
  if (child_ == 0) {
    close(lives[1]);
    Receive(ports[1], lives[0]);
    _exit(0);
  }
  close(lives[0]);
  close(ports[1]);
  life_ = lives[1];
  int port = 0;
  if (read(ports[0], &port, sizeof port) != sizeof port) {
    Die("the receiver did not start");
  }
  close(ports[0]);
  url_ = "http://127.0.0.1:" + std::to_string(port) + "/hook";
}

ReceiverProcess::~ReceiverProcess() {
  close(life_);
  waitpid(child_, nullptr, 0);
}

}  // namespace shirube
