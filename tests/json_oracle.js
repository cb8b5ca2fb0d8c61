// Node's own verdicts on made-up JSON documents, for tests/unit/test_json_verdicts.c.
//
//   node tests/json_oracle.js [SEED [COUNT]] > tests/vectors/json_verdicts.tsv
//   node tests/json_oracle.js --of DIRECTORY      the verdicts on the files there (a fuzzer's corpus)
//
// The same seed and count give the same table. One case a line, fields separated by tabs, bytes
// other than printable ASCII and the backslash as \xNN:
//   refused  DOCUMENT                 JSON.parse(readFileSync(file, 'utf-8')) throws
//   text     DOCUMENT  INDENT  TEXT   accepted; JSON.stringify(…, null, INDENT)
//   number   DOCUMENT  BITS           Number(JSON.parse(DOCUMENT)): 16 hex digits of the double, or nan
//   print    BITS      TEXT           JSON.stringify(double)
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const directory = process.argv[2] === '--of' ? process.argv[3] : null;
const found = directory ? fs.readdirSync(directory).sort() : [];
const seed = directory ? 1 : Number(process.argv[2] ?? 1);
const count = directory ? found.length : Number(process.argv[3] ?? 3600);

// mulberry32
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const chance = (p) => random() < p;
const times = (n, make) => Array.from({ length: n }, make);
const bytes = (text) => Buffer.from(text, 'utf-8');
const join = (parts) => Buffer.concat(parts.map((p) => (typeof p === 'string' ? bytes(p) : p)));

// --- parts of documents, as Buffers -------------------------------------------------------------

const space = () => (chance(0.7) ? '' : times(1 + below(3), () => pick([' ', '\n', '\t', '\r', '         '])).join(''));
const digits = (n) => times(n, () => below(10)).join('');
const hex = (n) => times(n, () => pick('0123456789abcdefABCDEF')).join('');

function doubleOfBits() {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, below(4294967296));
  view.setUint32(4, below(4294967296));
  return view.getFloat64(0);
}

const nextUp = (x) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0);
};

function anyDouble() {
  const sign = chance(0.2) ? -1 : 1;
  switch (below(10)) {
    case 0: return sign * 2 ** (below(2098) - 1074);
    case 1: return sign * Number(`1e${below(632) - 324}`);
    case 2: return sign * Number(`${1 + below(9)}.${digits(1 + below(16))}e${below(60) - 30}`);
    case 3: return sign * (2 ** 53 + (below(9) - 4) * 2);
    case 4: return sign * nextUp(pick([1e21, 1e-6, 1e-7, 0.1, 1, 1e22, 123456789012345680000, 5e-324, 2.2250738585072014e-308]));
    case 5: return sign * below(1e6) * 2 ** -1074;
    case 6: return sign * below(1e9) / pick([1, 2, 10, 100, 1000, 1e6, 1e12]);
    case 7: return sign * nextUp(2 ** (below(1000) - 500));
    case 8: return sign * pick([0, 1, 1.7976931348623157e308, 1e23, 9007199254740993, 1700000000000 + below(1e9)]);
    default: return doubleOfBits();
  }
}

// The exact decimal of the middle between two neighbouring doubles, or just beside it.
function midpoint() {
  const mantissa = 2n * (2n ** 52n + BigInt(below(2 ** 52))) + 1n;
  const exponent = below(chance(0.3) ? 2000 : 140) - (chance(0.3) ? 1074 : 120);
  let text;
  if (exponent >= 0) {
    text = String(mantissa * 2n ** BigInt(exponent % 900));
  } else {
    const all = String(mantissa * 5n ** BigInt(-exponent)).padStart(-exponent + 1, '0');
    text = all.slice(0, exponent) + '.' + all.slice(exponent);
  }
  if (chance(0.3)) text += (text.includes('.') ? '' : '.') + '0'.repeat(below(200)) + '1';
  if (chance(0.3)) text = text.slice(0, -1) + '4';
  return text + (chance(0.2) ? `e${below(40) - 20}` : '');
}

function number() {
  const sign = chance(0.2) ? '-' : '';
  switch (below(9)) {
    case 0: return sign + below(100);
    case 1: return sign + (1 + below(9)) + digits(below(30));
    case 2: return sign + below(10) + '.' + digits(1 + below(20));
    case 3: return sign + below(10) + pick(['e', 'E']) + pick(['', '+', '-']) + digits(1 + below(3));
    case 4: return sign + below(1000) + '.' + digits(1 + below(5)) + pick(['e', 'E']) + pick(['', '+', '-']) + digits(1 + below(4));
    case 5: return sign + '0.' + '0'.repeat(below(12)) + digits(1 + below(4));
    case 6: return sign + pick(['0', '0.0', '0e5', '1e999999999999999999999', '1e-99999999999999', '17e14', '4294967295']);
    case 7: return chance(0.1) ? sign + midpoint() : sign + '1700000000' + digits(3);
    default: return JSON.stringify(anyDouble()).replace('null', '7'); // null: NaN, Infinity
  }
}

const wild = () => Buffer.from(pick([
  [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x41], [0xe0, 0x80, 0x80], [0xe0, 0xa0], [0xe2, 0x82],
  [0xed, 0xa0, 0x80], [0xed, 0xb0, 0x80], [0xed, 0x9f, 0xbf], [0xee, 0x80, 0x80], [0xef, 0xbb, 0xbf], [0xf0, 0x80, 0x80, 0x80],
  [0xf0, 0x90], [0xf0, 0x9f, 0x98], [0xf0, 0x9f, 0x98, 0x80], [0xf4, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80], [0xff], [0xfe, 0xff], [0xf1, 0x80, 0x80, 0xc2, 0xa0], [0xe1, 0x80, 0xe2], [below(256)], [0x80 + below(128), 0x80 + below(128)],
]));

function stringPart() {
  switch (below(12)) {
    case 0: return '\\' + pick(['"', '\\', '/', 'b', 'f', 'n', 'r', 't']);
    case 1: return '\\u' + hex(4);
    case 2: return '\\u' + pick(['d83d', 'D800', 'dbff', 'dc00', 'DFFF', 'de00', '0000', '0041', '00e9', 'd7ff', 'e000', 'ffff', '007f', '001f']);
    case 3: return pick(['\\ud83d\\ude00', '\\uDBFF\\uDFFF', '\\ud83d\\ud83d\\ude00', '\\ude00\\ud83d', '\\ud800x\\udc00', '\\ud800\\n\\udc00']);
    case 4: return pick(['é', '漢字', '😀', '\u2028', '\u00a0', '\ufeff', '\u007f', '\u0085', '\uffff']);
    case 5: return wild();
    default: return pick(['a', 'id', 'state', ' ', 'the quick brown fox', '0', '7', '12345678', '/', "'", '{', ']', ',', ':']);
  }
}

const string = () => join(['"', ...times(below(chance(0.2) ? 9 : 4), stringPart), '"']);

const key = () => (chance(0.25) ? string() : bytes(pick([
  '"a"', '"b"', '"\\u0061"', '"1"', '"0"', '"10"', '"2"', '"01"', '"-1"', '"4294967294"', '"4294967295"', '"4294967296"', '"99999999999"',
  '"__proto__"', '"constructor"', '"toJSON"', '""', '"1.5"', '"\\u0031"', '"id"', '"state"', '"\\ud800"', '"length"',
])));

function value(depth) {
  switch (below(depth > 0 ? 9 : 6)) {
    case 0: return bytes(pick(['null', 'true', 'false']));
    case 1:
    case 2: return bytes(number());
    case 3:
    case 4:
    case 5: return string();
    case 6: return join(['[', space(), ...list(depth, () => value(depth - 1)), ']']);
    default: return join(['{', space(), ...list(depth, () => join([key(), space(), ':', space(), value(depth - 1)])), '}']);
  }
}

function list(depth, make) {
  const parts = [];
  const n = below(depth > 3 ? 7 : 4);
  for (let i = 0; i < n; i++) parts.push(i ? ',' : '', space(), make(), space());
  return parts;
}

// --- damage -------------------------------------------------------------------------------------

const interesting = ['"', '\\', '{', '}', '[', ']', ',', ':', '0', '1', '-', '+', '.', 'e', 'E', 'u', 'n', ' ', '\t', '\n', '\r', '\v', '\f', '\0',
  '\x1f', '\x7f', '/', '\u00a0', '\u2028', '\ufeff', 'null', 'true', 'NaN', 'Infinity', 'undefined', "'", '//', '/**/', ',,', '\\u', '\\x41', '0x1', '01', '1.', '.5'];

function damage(doc) {
  const at = below(doc.length + 1);
  const to = at + 1 + below(3);
  switch (below(7)) {
    case 0: return join([doc.subarray(0, at), doc.subarray(to)]);
    case 1: return join([doc.subarray(0, at), pick(interesting), doc.subarray(at)]);
    case 2: return join([doc.subarray(0, at), pick(interesting), doc.subarray(at + 1)]);
    case 3: return doc.subarray(0, at);
    case 4: return join([doc.subarray(0, at), doc.subarray(at, to), doc.subarray(at)]);
    case 5: return join([doc.subarray(0, at), wild(), doc.subarray(at)]);
    default: return join([doc.subarray(0, at), Buffer.from([below(256)]), doc.subarray(at + 1)]);
  }
}

// --- what ToNumber may meet ---------------------------------------------------------------------

const jsSpaces = ['', '', '', ' ', '\t', '\n', '\v', '\f', '\r', '\u00a0', '\u1680', '\u2000', '\u200a', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000', '\ufeff',
  '\u180e', '\u200b', '\u0085', '\u0000'];

function numeric() {
  const exponent = () => (chance(0.3) ? pick(['e', 'E']) + pick(['', '+', '-']) + digits(below(3)) : '');
  switch (below(11)) {
    case 0: return pick(['0x', '0X']) + hex(below(20));
    case 1: return '0x1' + pick(['', '2', 'f']) + hex(12) + pick(['0', '8', '4', 'c']) + pick(['00', '8', '80000000001', '']);
    case 2: return pick(['0o', '0O']) + times(below(30), () => below(8)).join('');
    case 3: return pick(['0b', '0B']) + times(below(70), () => below(2)).join('');
    case 4: return pick(['Infinity', 'infinity', 'Inf', 'Infinit', 'Infinityx', 'NaN', 'nan', '']);
    case 5: return digits(below(4)) + '.' + digits(below(4)) + exponent();
    case 6: return digits(1 + below(25)) + exponent();
    case 7: return pick(['1_000', '1n', '0x', '0b2', '0o8', '1,5', '1 2', 'e5', '.', '.e1', '5.', '5.e', '1e', '1e+', '--5', '+-5', '0x-5', '0x1.8', '1p3', '٣', '１', '00x1', '0b1e1', '007', 'true', 'null']);
    case 8: return chance(0.15) ? midpoint() : String(anyDouble());
    default: return number();
  }
}

function numberCase() {
  const text = pick(jsSpaces) + pick(['', '', '', '+', '-']) + numeric() + pick(jsSpaces);
  let doc = JSON.stringify(text);
  if (chance(0.15)) doc = '"' + times(text.length, (_, i) => '\\u' + text.charCodeAt(i).toString(16).padStart(4, '0')).join('') + '"';
  if (chance(0.15)) doc = number();
  if (chance(0.1)) doc = pick(['null', 'true', 'false', '{}', '[]', '""', '-0', '"-0"', '[{}]', '{"valueOf":1}']);
  while (chance(0.25)) doc = pick([`[${doc}]`, `[ ${doc}\n]`, `[${doc},1]`, `[[],${doc}]`, `[${doc},[]]`]);
  return bytes(doc);
}

// --- the table ----------------------------------------------------------------------------------

const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'json-oracle-')), 'document');
const escape = (buffer) => Array.from(buffer, (b) => (b < 0x20 || b > 0x7e || b === 0x5c ? '\\x' + b.toString(16).padStart(2, '0') : String.fromCharCode(b))).join('');

function bits(x) {
  if (Number.isNaN(x)) return 'nan';
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(x);
  return buffer.toString('hex');
}

function parsed(doc) {
  fs.writeFileSync(file, doc);
  try {
    return { value: JSON.parse(fs.readFileSync(file, 'utf-8')) };
  } catch {
    return null;
  }
}

function documentLine(doc) {
  const result = parsed(doc); // wrapped: the value itself may be null
  if (!result) return `refused\t${escape(doc)}`;
  const indent = pick([0, 2, 2, 2, 1, 4, 12]);
  return `text\t${escape(doc)}\t${indent}\t${escape(bytes(JSON.stringify(result.value, null, indent)))}`;
}

function line() {
  const kind = random();
  if (kind < 0.15) {
    const x = anyDouble();
    return `print\t${bits(x)}\t${JSON.stringify(x)}`;
  }
  if (kind < 0.35) {
    const doc = numberCase();
    return `number\t${escape(doc)}\t${bits(Number(parsed(doc).value))}`;
  }
  let doc = join([space(), value(1 + below(4)), space()]);
  const wounds = pick([0, 0, 1, 1, 1, 2]);
  for (let i = 0; i < wounds; i++) doc = damage(doc);
  return documentLine(doc);
}

let out = '';
for (let i = 0; i < count; i++) {
  out += (directory ? documentLine(fs.readFileSync(path.join(directory, found[i]))) : line()) + '\n';
  if (out.length > 1 << 20) {
    fs.writeSync(1, out);
    out = '';
  }
}
fs.writeSync(1, out);
fs.rmSync(path.dirname(file), { recursive: true });
