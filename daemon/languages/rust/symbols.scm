; SPDX-License-Identifier: GPL-3.0-or-later
; Rust: which nodes declare, which open a scope, which refer to something.

[(function_item) (function_signature_item)] @definition.function @scope.function
[(closure_expression) (function_type)] @definition.lambda @scope.function
[(struct_item) (union_item)] @definition.struct @scope
(enum_item) @definition.enum @scope
(enum_variant) @definition.enum_member
(field_declaration) @definition.field
(ordered_field_declaration_list) @visit
(trait_item) @definition.interface @scope
(impl_item) @definition.implementation @scope
(mod_item) @definition.namespace @scope
[(type_item) (associated_type)] @definition.type @scope
(const_item) @definition.constant
(static_item) @definition.variable
(macro_definition) @definition.macro
(type_parameter) @definition.type_parameter
[(parameter) (self_parameter)] @definition.parameter
(closure_parameters) @visit
(let_declaration) @visit
[(for_expression) (match_arm)] @visit @scope
(let_condition) @visit
[(if_expression) (while_expression) (block)] @scope
[(attribute_item) (inner_attribute_item)] @visit
(where_predicate) @visit

[(use_declaration) (extern_crate_declaration)] @import

[(call_expression) (macro_invocation)] @reference.call
[(identifier) (type_identifier)] @reference
(field_expression) @reference
(field_initializer) @reference
