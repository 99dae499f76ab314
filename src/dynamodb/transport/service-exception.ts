import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
} from '@aws-sdk/client-dynamodb';
import type { Answer } from '../../aws/answer-reader.ts';

/** What answers in DynamoDB's place, a proxy say, may answer something else than JSON. */
export function toServiceException(answer: Answer): DynamoDBServiceException {
  const body = parseObject(answer.body.toString());
  const { statusCode: httpStatusCode } = answer;
  const requestId = answer.header('x-amzn-requestid');
  const name = String(body.__type ?? 'UnknownError').replace(/^.*#/, '');
  const details = {
    message: String(body.message ?? body.Message ?? name),
    $metadata: { httpStatusCode, ...(requestId && { requestId }) },
  };
  if (name === 'ConditionalCheckFailedException') {
    return new ConditionalCheckFailedException({ ...details, Item: body.Item as never });
  }
  const $fault = httpStatusCode < 500 ? 'client' : 'server';
  return new DynamoDBServiceException({ ...details, name, $fault });
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}
