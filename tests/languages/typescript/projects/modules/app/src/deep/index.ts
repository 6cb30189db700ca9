export { first as a } from "./first";
