interface Fault {
  /** The file of infra/, what stands in it, and what might. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The run that sees it, and what its assertion says. */
  readonly tests: string;
  readonly run: string;
  readonly says: string;
}

/** Faults that once passed every test, or that nobody would notice in what runs. */
const faults: Record<string, Fault> = {
  'the pipe may not read the stream': {
    file: 'events.tf',
    from: '"dynamodb:GetRecords", ',
    to: '',
    tests: 'variants',
    run: 'events',
    says: 'The pipe may read the stream, write to the bus and to the queue, and no more.',
  },
  'the pipe may write to the bus, not to the queue': {
    file: 'events.tf',
    from: 'Resource = [aws_sqs_queue.undelivered_events[0].arn]',
    to: 'Resource = [aws_cloudwatch_event_bus.profiles[0].arn]',
    tests: 'variants',
    run: 'events',
    says: 'The pipe may read the stream, write to the bus and to the queue, and no more.',
  },
  'more changes at a time than an event bus takes': {
    file: 'events.tf',
    from: 'batch_size                         = 10',
    to: 'batch_size                         = 11',
    tests: 'variants',
    run: 'events',
    says: 'An event bus takes ten events in one call.',
  },
  'ECS may not fetch the image': {
    file: 'iam.tf',
    from: '["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]',
    to: '["ecr:BatchGetImage"]',
    tests: 'every-environment',
    run: 'permissions',
    says: 'ECS may fetch this image and write this log',
  },
  "anybody's distribution may read the pictures": {
    file: 'pictures.tf',
    from: 'StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.pictures[0].arn }',
    to: 'StringLike = { "AWS:SourceArn" = "arn:aws:cloudfront::*" }',
    tests: 'pictures',
    run: 'bucket',
    says: 'This distribution may read pictures and list nothing, and nobody comes without TLS.',
  },
  'versions of erased pictures are kept': {
    file: 'pictures.tf',
    from: 'status = "Disabled"',
    to: 'status = "Enabled"',
    tests: 'pictures',
    run: 'bucket',
    says: 'What is erased is gone: no versions are kept.',
  },
  'the edge keeps a removed picture as long as browsers do': {
    file: 'pictures-delivery.tf',
    from: 'pictures_edge_seconds = 86400',
    to: 'pictures_edge_seconds = 31536000',
    tests: 'pictures',
    run: 'delivery',
    says: 'A removed picture is served for a day more at most.',
  },
  'events are to come with a condition that EventBridge never meets': {
    file: 'alarms.tf',
    from: 'Principal = { Service = "events.amazonaws.com" }',
    to: '$&\n        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }',
    tests: 'every-environment',
    run: 'alarms',
    says: 'Alarms of this account may publish, and events, for which a topic',
  },
  'nobody is told of a sweep that never started': {
    file: 'pictures-sweep.tf',
    from: '{ stopCode = ["TaskFailedToStart"] },',
    to: '',
    tests: 'pictures',
    run: 'scheduled_sweep',
    says: 'Somebody is told of a sweep that fails, stops short or never starts.',
  },
  'a count of pictures by hand is told as a failure': {
    file: 'pictures-sweep.tf',
    from: 'startedBy  = [{ prefix = "events-rule/" }]',
    to: '',
    tests: 'pictures',
    run: 'scheduled_sweep',
    says: 'A sweep by hand, whose outcome somebody reads, sends no message.',
  },
  'nobody is told of a sweep that was refused': {
    file: 'pictures-sweep.tf',
    from: 'metric_name         = "FailedInvocations"',
    to: 'metric_name         = "Invocations"',
    tests: 'pictures',
    run: 'scheduled_sweep',
    says: 'Somebody is told of a sweep that ECS refuses to start.',
  },
  'tasks of before lose their table while new ones start': {
    file: 'iam.tf',
    from: 'Resource = local.table_arns',
    to: 'Resource = [local.table_arn]',
    tests: 'variants',
    run: 'move_to_another_table',
    says: 'Until the last task of before is gone, every role may use both tables.',
  },
  'the endpoint is closed to the table before': {
    file: 'endpoints.tf',
    from: 'concat(local.table_arns, local.index_arns)',
    to: 'concat([local.table_arn], local.index_arns)',
    tests: 'variants',
    run: 'move_to_another_table',
    says: 'The way from the VPC leads to both.',
  },
  'tasks reach nothing': {
    file: 'service.tf',
    from: 'from_port         = 443\n  to_port           = 443',
    to: 'from_port         = 80\n  to_port           = 80',
    tests: 'every-environment',
    run: 'network',
    says: 'Tasks reach Cognito, DynamoDB and the registry, all on port 443.',
  },
};

/** Faults side by side, as many as can be: no two of them are seen by one assertion. */
export function gatherFaults(): Record<string, Fault>[] {
  const rounds: Record<string, Fault>[] = [];
  for (const [what, fault] of Object.entries(faults)) {
    const isSeenIn = (round: Record<string, Fault>) =>
      Object.values(round).some(({ says }) => says === fault.says);
    const round = rounds.find((each) => !isSeenIn(each));
    if (round) round[what] = fault;
    else rounds.push({ [what]: fault });
  }
  return rounds;
}
