#!/usr/bin/env python3
"""A mail server for tests: says `port N`, takes every mail, and prints each one as a line of JSON."""

import email.policy
import json
import socketserver


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def line(self):
        return self.rfile.readline().decode("utf-8").rstrip("\r\n")

    def handle(self):
        sender, recipients = "", []
        self.say("220 mail.example.jp")
        while command := self.line():
            word = command.split(":")[0].split(" ")[0].upper()
            if word == "DATA":
                self.say("354 go on")
                self.take(sender, recipients)
                recipients = []
            elif word == "MAIL":
                sender = command.partition(":")[2]
            elif word == "RCPT":
                recipients.append(command.partition(":")[2])
            elif word == "QUIT":
                return self.say("221 bye")
            self.say("250 mail.example.jp" if word != "DATA" else "250 taken")

    def take(self, sender, recipients):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        text = mail.get_body(("plain",)).get_content()
        print(json.dumps({"sender": sender, "recipients": recipients, "subject": mail["subject"], "text": text},
                         ensure_ascii=False), flush=True)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


with Server(("127.0.0.1", 0), Session) as server:
    print("port", server.server_address[1], flush=True)
    server.serve_forever()
