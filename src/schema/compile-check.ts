import {
  findViolations,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  largestMagnitude,
  maxViolations,
} from '../json/json-value.ts';
import type { Violation } from '../refusal.ts';
import { type Check, fail, type Path, toPointer } from './check.ts';
import { compileText } from './text/compile-text.ts';
import type { ArrayProperty, Property } from './vocabulary.ts';

/** The check of a property, made once; nothing of the file is read when it runs. */
export function compileCheck(property: Property): Check {
  switch (property.type) {
    case 'string':
      return compileText(property);
    case 'integer':
    case 'number':
      return compileNumber(property);
    case 'boolean':
      return (value, path, found) =>
        typeof value === 'boolean' ? value : fail(found, path, 'must be true or false');
    case 'array':
      return compileArray(property);
    case 'object':
      return property.properties ? compileObject(property.properties) : checkFreeObject;
  }
}

function compileNumber({
  type,
  minimum,
  maximum,
}: Extract<Property, { type: 'integer' | 'number' }>): Check {
  const whole = type === 'integer';
  const least = minimum ?? (whole ? Number.MIN_SAFE_INTEGER : -largestMagnitude);
  const most = maximum ?? (whole ? Number.MAX_SAFE_INTEGER : largestMagnitude);
  const detail = `must be ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`;
  return (value, path, found) => {
    const fits =
      typeof value === 'number' &&
      value >= least &&
      value <= most &&
      (!whole || Number.isInteger(value));
    return fits ? checkAny(value, path, found) : fail(found, path, detail);
  };
}

function compileArray({ items, maxItems }: ArrayProperty): Check {
  const check = compileCheck(items);
  return (value, path, found) => {
    if (!Array.isArray(value)) return fail(found, path, 'must be a list');
    if (value.length > maxItems) return fail(found, path, `must have at most ${maxItems} entries`);
    const kept: JsonValue[] = [];
    for (const [index, item] of value.entries()) {
      if (found.length >= maxViolations) break;
      path.push(index);
      kept.push(check(item, path, found));
      path.pop();
    }
    return kept;
  };
}

function compileObject(properties: Record<string, Property>): Check {
  const checks = new Map(
    Object.entries(properties).map(([name, property]) => [name, compileCheck(property)]),
  );
  return (value, path, found) => {
    if (!isJsonObject(value)) return fail(found, path, 'must be an object');
    const kept: JsonObject = {};
    for (const [name, inner] of Object.entries(value)) {
      if (found.length >= maxViolations) break;
      path.push(name);
      const check = checks.get(name);
      if (!check) fail(found, path, 'is not a field that can be sent');
      // A patch removes what is null; a replacement leaves it out.
      else kept[name] = inner === null ? null : check(inner, path, found);
      path.pop();
    }
    return kept;
  };
}

const checkFreeObject: Check = (value, path, found) =>
  isJsonObject(value) ? checkAny(value, path, found) : fail(found, path, 'must be an object');

/** What the table would not give back equal. */
function checkAny(value: JsonValue, path: Path, found: Violation[]): JsonValue {
  const base = toPointer(path);
  for (const { pointer, detail } of findViolations(value)) {
    if (found.length < maxViolations) found.push({ pointer: base + pointer, detail });
  }
  return value;
}
