// verify_deliveries.js FILE: what others' libraries say of deliveries that a server made. FILE has a line of JSON for
// each: {headers, body, secrets: {NAME: SECRET}}. Prints one for each: which secrets verify it, which verify it after
// its body was changed, and what the CloudEvents SDK reads, or why it refuses.
const fs = require('fs');
const {Webhook} = require('standardwebhooks');
const {HTTP} = require('cloudevents');

function verifying(secrets, headers, body) {
  return Object.keys(secrets).filter((name) => {
    try {
      new Webhook(secrets[name]).verify(body, headers);
      return true;
    } catch (error) {
      if (error.message !== 'No matching signature found') throw error;
      return false;
    }
  });
}

// Another time, by one digit.
function changed(body) {
  const other = body.replace(/("time":"....-..-..T..:..:.)(.)/, (all, before, digit) => before + (9 - digit));
  if (other === body) throw new Error('a body without a time');
  return other;
}

function read(headers, body) {
  try {
    const event = HTTP.toEvent({headers, body});
    event.validate();
    const {id, type, source, subject, specversion, datacontenttype, time, data} = event;
    return {id, type, source, subject, specversion, datacontenttype, time, data};
  } catch (error) {
    return {refused: `${error.message} ${JSON.stringify(error.errors)}`};
  }
}

for (const line of fs.readFileSync(process.argv[2], 'utf8').trim().split('\n')) {
  const {headers, body, secrets} = JSON.parse(line);
  console.log(JSON.stringify({
    verified: verifying(secrets, headers, body),
    tampered: verifying(secrets, headers, changed(body)),
    event: read(headers, body),
  }));
}
