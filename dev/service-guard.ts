// Loaded before the service in development: when the process that started it is gone,
// however it went, the service ends too and its port is free again.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

export {};
