// What a run of tests says to a log: a line for each file as it ends, then what was skipped and
// why, then what failed, so that the end of a log tells it. Reads TAP 14 as tap writes it:
// https://testanything.org/tap-version-14-specification.html
import { Transform } from 'node:stream';

/** A reporter of tap (`--reporter`). */
export default class TestReport extends Transform {
  #report = createReport();
  #rest = '';

  _transform(chunk, _encoding, done) {
    const lines = `${this.#rest}${chunk}`.split('\n');
    this.#rest = lines.pop();
    done(null, lines.map(this.#report.read).join(''));
  }

  _flush(done) {
    done(null, this.#report.read(this.#rest) + this.#report.end());
  }
}

function createReport() {
  const skipped = [];
  const failed = [];
  /** Names of the subtests that a line is in, the file first. */
  let path = [];
  /** How many had failed when the subtest at each depth began. */
  const failedBefore = [];
  /** The result whose diagnosis may follow, and how far that is indented. */
  let open;
  /** What the file that is read told of itself. */
  let comments = '';
  /** Its seconds of CPU (test-cost.mjs), and those of all. */
  let cost;
  let allCosts = 0;
  let counts = '';

  function read(line) {
    if (open && readDiagnosis(line)) return '';
    const depth = Math.floor(/^ */.exec(line)[0].length / 4);
    const text = line.trim();
    const [, subtest] = /^# Subtest: (.*)/.exec(text) ?? [];
    const [, cpu] = /^# cpu=([\d.]+)s$/.exec(text) ?? [];
    const [, state, name, directive] =
      /^(ok|not ok) \d+(?: - )?(.*?)(?: # ((?:SKIP|TODO).*|time=.*))?$/.exec(text) ?? [];
    if (subtest !== undefined) {
      path = [...path.slice(0, depth), plain(subtest)];
      failedBefore[depth] = failed.length;
    } else if (state !== undefined) {
      return readResult(depth, state === 'ok', plain(name), directive ?? '');
    } else if (depth === 1 && cpu !== undefined) {
      cost = Number(cpu);
      allCosts += cost;
    } else if (depth === 0 && /^# \{ total/.test(text)) {
      counts = plain(text.slice(2));
    } else if (depth === 0 && text.startsWith('# time=')) {
      counts += ` in ${seconds(text)} s`;
    } else if (depth > 0 && /^# (?!time=)/.test(text)) {
      comments += `${' '.repeat(17)}${plain(text)}\n`;
    } else if (depth === 0 && text !== '' && !/^(# |TAP version|\d+\.\.\d+)/.test(text)) {
      // What a test or the runner printed, and a bail-out.
      return `${line}\n`;
    }
    return '';
  }

  function readResult(depth, isOk, name, directive) {
    const isSubtest = path.length > depth && path[depth] === name;
    const where = [...path.slice(0, depth), name].join(' › ');
    const isLeft = /^(SKIP|TODO)/.test(directive);
    open = { where, diagnosis: [], indent: depth * 4 + 2, hasBegun: false };
    if (isLeft) skipped.push(`${where}: ${plain(directive.replace(/^\w+:? ?/, ''))}`);
    // A subtest that failed for one inside it has nothing to add.
    else if (!isOk && !(isSubtest && failed.length > failedBefore[depth])) failed.push(open);
    path = path.slice(0, isSubtest ? depth : path.length);
    if (depth > 0) return '';
    const told = comments;
    const spent = cost === undefined ? '' : `  cpu ${cost.toFixed(1).padStart(5)} s`;
    comments = '';
    cost = undefined;
    const took = seconds(directive).padStart(6);
    return `${isOk ? 'ok    ' : 'FAILED'} ${took} s${spent}  ${name}\n${told}`;
  }

  /** Whether the line is of the diagnosis of the result before it. */
  function readDiagnosis(line) {
    const text = line.slice(open.indent);
    const isFirst = !open.hasBegun;
    if (isFirst) open.hasBegun = text === '---';
    else if (text !== '...') open.diagnosis.push(text);
    const isDiagnosis = open.hasBegun;
    if (isFirst ? !isDiagnosis : text === '...') open = undefined;
    return isDiagnosis;
  }

  function end() {
    const told = failed.map(({ where, diagnosis }) =>
      [where, ...diagnosis.map((line) => `    ${line}`)].join('\n').trimEnd(),
    );
    return [
      list(
        'Skipped',
        skipped.map((each) => `  ${each}`),
        '\n',
      ),
      list('Failed', told, '\n\n'),
      `\n${counts}${allCosts > 0 ? `, cpu ${allCosts.toFixed(1)} s` : ''}\n`,
    ].join('');
  }

  return { read, end };
}

function list(title, entries, separator) {
  if (entries.length === 0) return '';
  return `\n${title} (${entries.length}):\n${entries.join(separator)}\n`;
}

function seconds(text) {
  const [, ms = '0'] = /time=([\d.]+)ms/.exec(text) ?? [];
  return (Number(ms) / 1000).toFixed(1);
}

/** Without the escapes of TAP. */
function plain(text) {
  return text.replace(/\\([#\\])/g, '$1');
}
