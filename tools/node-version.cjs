// Runs before a command, on any Node however old: ES5 alone, or the reader gets a syntax error
// in place of the sentence.
var needed = /(\d+)\.(\d+)/.exec(require('../package.json').engines.node);
var found = /(\d+)\.(\d+)/.exec(process.versions.node);

if (+found[1] < +needed[1] || (+found[1] === +needed[1] && +found[2] < +needed[2])) {
  console.error(
    'This needs Node ' +
      needed[0] +
      ' or later and runs on ' +
      process.versions.node +
      ': install a current one from https://nodejs.org and try again.',
  );
  process.exit(1);
}
