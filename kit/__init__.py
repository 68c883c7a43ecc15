"""What has no domain word in it: text, digits, form fields, paging, exports. It imports only Django and libraries."""
