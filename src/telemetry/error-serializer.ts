/** An error as it may stand in the log. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** Places in the code, without the head line that repeats the message. */
  readonly stack?: string | undefined;
  /** Only of errors of the AWS SDK: what AWS support asks for. */
  readonly aws?: AwsDetails | undefined;
  readonly cause?: LoggedError | undefined;
}

interface AwsDetails {
  readonly requestId?: string;
  readonly status?: number;
  readonly attempts?: number;
}

const maxDepth = 4;
/** Messages written in this project, from constants. */
const ownErrors = new Set(['Refusal']);
/** AWS quotes the request in these, and a failed condition carries the whole item. */
const quotingErrors =
  /^(ValidationException|SerializationException|ConditionalCheckFailedException)$/;
const plainErrors = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError', 'AbortError']);
const operationalCode = /^(E[A-Z]+|ERR_[A-Z_]+|UND_ERR_[A-Z_]+|FST_[A-Z_]+)$/;

/**
 * Errors carry what they met: a parser quotes the body, zod the input, DynamoDB the item. So only
 * what is named here gets into the log: no other property, and no message of an unknown kind.
 */
export function serializeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, cause } = error;
  const { code, $metadata } = error as { code?: unknown; $metadata?: AwsMetadata };
  return {
    type: name,
    ...(typeof code === 'string' && /^\w{1,60}$/.test(code) && { code }),
    message: safeMessage(error),
    stack: placesOf(error),
    ...($metadata && { aws: pickAwsDetails($metadata) }),
    ...(cause !== undefined && depth < maxDepth && { cause: serializeError(cause, depth + 1) }),
  };
}

interface AwsMetadata {
  readonly requestId?: string;
  readonly httpStatusCode?: number;
  readonly attempts?: number;
}

function pickAwsDetails({ requestId, httpStatusCode, attempts }: AwsMetadata): AwsDetails {
  return {
    ...(requestId !== undefined && { requestId }),
    ...(httpStatusCode !== undefined && { status: httpStatusCode }),
    ...(attempts !== undefined && { attempts }),
  };
}

function safeMessage(error: Error): string | undefined {
  const { name, message } = error;
  if (ownErrors.has(name)) return message;
  if (quotingErrors.test(name)) return undefined;
  const { code, $metadata } = error as { code?: unknown; $metadata?: unknown };
  const operational = typeof code === 'string' && operationalCode.test(code);
  return operational || $metadata || plainErrors.has(name) ? withoutValues(message) : undefined;
}

/** So much of a message is looked at: the search for addresses goes over a long run more than once. */
const maxScanned = 1_000;
const quoted = /"[^"]*"|'[^']*'|`[^`]*`/g;
/** What a cut message opens and no longer closes is a value too. */
const quotedOrCut = /"[^"]*("|$)|'[^']*('|$)|`[^`]*(`|$)/g;

/** Values stand in quotes, look like an address, or are long runs without a space, as tokens are. */
function withoutValues(message: string): string {
  return message
    .slice(0, maxScanned)
    .replace(message.length > maxScanned ? quotedOrCut : quoted, '"…"')
    .replace(/\S+@\S+/g, '…')
    .replace(/[\w+/=-]{40,}(\.[\w+/=-]+)*/g, '…')
    .slice(0, 300);
}

function placesOf({ stack }: Error): string | undefined {
  const places = stack?.split('\n').filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line));
  return places?.slice(0, 12).join('\n');
}
