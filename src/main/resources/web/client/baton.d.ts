export * from './baton.cjs';
