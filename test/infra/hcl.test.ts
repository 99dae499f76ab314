import t from 'tap';
import { Call, Expression, parseHcl } from './hcl.ts';

t.test('reads blocks, labels and plain values', async (t) => {
  const [block] = parseHcl(`
# a comment
resource "kind" "name" { // another
  text   = "a \${f("}", "b")} c \\" d"
  number = 1.5
  flags  = [true, false, null,
    "last"]
  object = { a = 1, "b" : { c = [] } } /* one
  more */
  nested "label" {
    on = true
  }
}
`);
  t.match(block, { type: 'resource', labels: ['kind', 'name'] });
  t.strictSame(block?.attributes, {
    text: `a \${f("}", "b")} c \\" d`,
    number: 1.5,
    flags: [true, false, null, 'last'],
    object: { a: 1, b: { c: [] } },
  });
  t.strictSame(block?.blocks, [
    { type: 'nested', labels: ['label'], attributes: { on: true }, blocks: [] },
  ]);
});

t.test('keeps what is not a plain value as it is written', async (t) => {
  const [block] = parseHcl(`
locals {
  reference = local.a[0].b
  condition = var.a == null ? [1] : { b = "}" }
  loop      = [for x in [1, 2] : x if x > 1]
  encoded   = jsonencode({ Statement = [local.a, "b"] })
  sum       = f(1) + 2
  text = <<-EOT
    { "not": <parsed> }
  EOT
  after = 1
}
`);
  t.strictSame(block?.attributes.reference, new Expression('local.a[0].b'));
  t.strictSame(block?.attributes.condition, new Expression('var.a == null ? [1] : { b = "}" }'));
  t.strictSame(block?.attributes.loop, new Expression('[for x in [1, 2] : x if x > 1]'));
  t.strictSame(
    block?.attributes.encoded,
    new Call('jsonencode', [{ Statement: [new Expression('local.a'), 'b'] }]),
  );
  t.strictSame(block?.attributes.sum, new Expression('f(1) + 2'));
  t.equal(block?.attributes.after, 1);
});

t.test('refuses what it cannot read', async (t) => {
  t.throws(() => parseHcl('a = "no end'), SyntaxError);
  t.throws(() => parseHcl('block {'), SyntaxError);
  t.throws(() => parseHcl('a = (1'), SyntaxError);
});
