export * from './yjs.cjs';
