// Stands in for Lambda: loads one bundle, hands it an event at a time, and logs what it throws.
const { handler } = await import(process.argv[2]);

process.on('message', async ({ event }) => {
  try {
    process.send({ answer: await handler(event) });
  } catch (error) {
    console.error(error);
    process.send({ refusal: error.message });
  }
});
process.on('disconnect', () => process.exit());
process.send('ready');
